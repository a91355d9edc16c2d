import { describeFailure, type Failure } from "../api/outcome";

/** After an order, an answer that never came is not a refusal, and the visitor has to know the difference. */
export function describeOrderFailure(failure: Failure): string {
  if (failure.kind === "refused") {
    const advice = failure.status === 409 ? " Change your basket and order again." : "";
    return `Your order was not placed: ${asSentence(failure.detail)}${advice}`;
  }
  return `${describeFailure(failure)} Your order may have arrived; ordering again will not order twice.`;
}

function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
