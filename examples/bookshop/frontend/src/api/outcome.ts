/**
 * How a request ended. Failures are values, so that the compiler asks every caller what it does with them.
 *
 * - `unreachable`: no answer came. The server may or may not have done the work.
 * - `broken`: the server answered 5xx, or something that is not our JSON. The same uncertainty.
 * - `refused`: the server answered 4xx: it understood, did nothing and says why.
 * - `aborted`: the caller took the request back.
 */
export type Failure =
  | { kind: "unreachable" }
  | { kind: "broken"; status: number }
  | { kind: "refused"; status: number; detail: string }
  | { kind: "aborted" };

export type Outcome<T> = { ok: true; value: T } | { ok: false; failure: Failure };

/** A sentence for the person at the screen: what happened, and what they can do where that is known. */
export function describeFailure(failure: Failure): string {
  switch (failure.kind) {
    case "unreachable":
      return "The bookshop cannot be reached. Check your connection and try again.";
    case "broken":
      return `The bookshop has a problem (${failure.status}). Try again in a moment.`;
    case "refused":
      return failure.detail;
    case "aborted":
      return "The request was cancelled.";
  }
}

/** True where the server is known to have done nothing, so that a new attempt is a new attempt. */
export function isFinalAnswer(failure: Failure): boolean {
  return failure.kind === "refused";
}
