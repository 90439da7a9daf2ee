/**
 * The command `check:commits`: whether new commits say where they change what, and why, as CONTRIBUTING asks.
 *
 * @module
 */

/** The first commit under the rule; those before it are as they are. */
const FIRST = "d1cb633f5e98993141e915e2a06fdcf2d816eaf6";

/** A commit as git tells it. */
export interface Commit {
  readonly hash: string;
  readonly subject: string;
  readonly body: string;
}

/** Longest subject that terminals and hosts show whole. */
const MOST_CHARACTERS = 90;
const SHOWN_DIGITS = 9;

/** What is wrong with a commit's message, each in a few words. */
export function messageFaults({ subject, body }: Commit): string[] {
  return [
    ...(/^[^\s:](?:[^:]|:\S){0,39}: \S/.test(subject) ? [] : ['the subject has no place, as in "trainer: keep …"']),
    ...(subject.length <= MOST_CHARACTERS
      ? []
      : [`the subject has ${subject.length} characters, expected at most ${MOST_CHARACTERS}`]),
    ...(subject.includes(";") ? ["the subject has a semicolon: make two commits of it"] : []),
    ...(body.trim() === "" ? ["the body does not say why"] : []),
  ];
}

const [FIELD, END] = ["\x1f", "\x1e"];

/** Commits from the output of `git log` in the format of {@link newCommits}. */
export function parseCommits(log: string): Commit[] {
  return log.split(END).filter((entry) => entry.trim() !== "").map((entry) => {
    const [hash, subject, body = ""] = entry.trimStart().split(FIELD);
    return { hash, subject, body };
  });
}

/** Commits since the first one under the rule, without merges; or why they cannot be had. */
async function newCommits(): Promise<Commit[] | string> {
  if (await git("rev-parse", "--git-dir") === undefined) return "this is no git repository, or there is no git";
  if (await git("merge-base", "--is-ancestor", FIRST, "HEAD") === undefined) {
    const shallow = (await git("rev-parse", "--is-shallow-repository"))?.trim() === "true";
    return `the commit ${FIRST.slice(0, SHOWN_DIGITS)} is not in the history${shallow ? ", which is shallow" : ""}`;
  }
  const log = await git("log", "--no-merges", "--format=%H%x1f%s%x1f%b%x1e", `${FIRST}..HEAD`);
  if (log === undefined) return "git does not list the history";
  return parseCommits(log);
}

/** Output of git, or undefined where it is not there or fails. */
async function git(...args: string[]): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command("git", { args, stdout: "piped", stderr: "null" }).output();
    return success ? new TextDecoder().decode(stdout) : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Runs the command: 1 where a message is not as asked. */
export async function run(): Promise<number> {
  const commits = await newCommits();
  if (typeof commits === "string") {
    console.log(`COMMIT MESSAGES NOT CHECKED: ${commits}`);
    return 0;
  }
  const lines = commits.flatMap((commit) =>
    messageFaults(commit).map((fault) => `${commit.hash.slice(0, SHOWN_DIGITS)} "${commit.subject}": ${fault}`)
  );
  console.log(lines.length === 0 ? `${commits.length} commit messages are as CONTRIBUTING asks` : lines.join("\n"));
  return lines.length > 0 ? 1 : 0;
}
