#!/usr/bin/env bash
# Compares BASE with NEW, writes the text into the job's summary, and sets the outputs `verdict`, `comment` and `folder`.
# Ends with the exit code of `compare`; without data enough, with that only where FAIL_WITHOUT_DATA is true.
set -uo pipefail

folder="$RUNNER_TEMP/regression-check"
comment="$folder/comment.md"
said="$folder/said.txt"
mkdir -p "$folder"

program() {
  deno run --quiet --config "$PROGRAM/deno.json" -P=launch "$PROGRAM/src/cli/launch.ts" "$@"
}

# The page of the new results: a convenience, so that nothing depends on whether it can be made.
write_report() {
  local results part
  results=$(mktemp -d)
  mkdir "$results/v2"
  while IFS= read -r part; do
    if [ -f "$part" ]; then
      cp "$part" "$results/v2"
    else
      find "$part" "$part/v1" "$part/v2" -maxdepth 1 -name '*.json' ! -name leaderboard.json -exec cp {} "$results/v2" \; 2>/dev/null
    fi
  done < <(tr ',' '\n' <<<"$NEW")
  program report --results "$results" --output "$folder/report.html" >/dev/null || echo "::warning title=Regression check::no report could be made"
}

options=(--detect "$DETECT" --markdown)
if [ -n "${METRICS:-}" ]; then options+=(--metrics "$METRICS"); fi
if [ -n "${ALLOW:-}" ]; then options+=(--allow "$ALLOW"); fi
if [ -n "${EXPERIMENTS:-}" ]; then options+=(--experiments "$EXPERIMENTS"); fi
code=0
program compare "$BASE" "$NEW" "${options[@]}" >"$comment" 2>"$said" || code=$?
cat "$said" >&2
case "$code" in
  0) verdict=ok ;;
  3) verdict=regression ;;
  4) verdict=not-enough-data ;;
  *) verdict=error ;;
esac
case "$verdict" in
  regression) echo "::error title=Regression check::a loss is beyond chance: see the job summary" ;;
  not-enough-data) echo "::warning title=Regression check::a loss of $DETECT points is not ruled out: see the job summary" ;;
  error)
    message=$(sed -e 's/%/%25/g' "$said" | head -n 5)
    echo "::error title=Regression check::${message//$'\n'/%0A}"
    printf '### Regression check: not possible\n\n```text\n%s\n```\n' "$(head -n 20 "$said")" >"$comment"
    ;;
esac
if [ "$verdict" != error ]; then write_report; fi
rm -f "$said"
cat "$comment" >>"$GITHUB_STEP_SUMMARY"
{
  echo "verdict=$verdict"
  echo "comment=$comment"
  echo "folder=$folder"
} >>"$GITHUB_OUTPUT"
if [ "$code" = 4 ] && [ "${FAIL_WITHOUT_DATA:-false}" != true ]; then code=0; fi
exit "$code"
