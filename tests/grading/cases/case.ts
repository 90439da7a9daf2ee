/** Gold, prediction, and whether a careful reader calls them equal under the policy. */
export type Case = readonly [gold: string, prediction: string, equal: boolean];

/** The same with the question that was asked. */
export type AskedCase = readonly [gold: string, prediction: string, equal: boolean, question: string];
