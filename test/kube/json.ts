/* oxlint-disable typescript/no-unsafe-type-assertion, typescript/no-unnecessary-type-parameters --
   The one place where tests trust the shape of an answer: where the type is wrong, their assertions on it fail. */

/** What a program or an API answered, as the type that the test expects. */
export const answer = <T>(value: unknown): T => value as T

/** The same for JSON text. */
export const answerOf = <T>(text: string): T => answer<T>(JSON.parse(text))
