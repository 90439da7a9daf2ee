/**
 * A thought as it is kept to be looked at: at each position what the model expected, what was fed, and by which noise.
 *
 * @module
 */

/**
 * A token that was fed or was among the most probable: its text, its probability in [0, 1] before any filter, the weight
 * at which it was fed, 0 where it was not, and its standard Gumbel noise, null where the law draws by none.
 */
export type SeenToken = readonly [text: string, probability: number, weight: number, gumbel: number | null];

/** One thought position. */
export interface RecordedThought {
  /** The token that stands for it in the text. */
  readonly token: string;
  /** Of what the model expected, before any filter, in nats. */
  readonly entropy: number;
  /** By falling weight, then by falling probability. */
  readonly seen: readonly SeenToken[];
  /** Of a noisy embedding: the tokens whose embeddings are nearest to it, with the cosine of the angle between them. */
  readonly nearest?: readonly (readonly [text: string, cosine: number])[];
  /** Of a noisy embedding: ‖noise‖ / ‖mean embedding‖. */
  readonly noiseShare?: number;
}
