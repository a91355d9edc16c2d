import type { Outcome } from "./outcome";

export interface RequestOptions {
  method?: "POST" | "PUT";
  headers?: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
}

/** The part of `fetch` that the client needs. Rejects where no answer comes, and where the signal aborts. */
export type Transport = (
  url: string,
  options: RequestOptions,
) => Promise<Pick<Response, "ok" | "status" | "json">>;

/** Sends one request and reads its JSON. Never rejects. The shape of the JSON is the backend's promise. */
export async function requestJson<T>(
  send: Transport,
  url: string,
  options: RequestOptions = {},
): Promise<Outcome<T>> {
  let response;
  try {
    response = await send(url, {
      ...options,
      headers: { Accept: "application/json", ...options.headers },
    });
  } catch {
    return lostRequest(options.signal);
  }

  let body: unknown;
  try {
    body = await response.json();
  } catch {
    if (options.signal?.aborted) return lostRequest(options.signal);
    body = undefined;
  }

  if (response.ok && body !== undefined) return { ok: true, value: body as T };
  return { ok: false, failure: readFailure(response.status, body) };
}

function lostRequest(signal?: AbortSignal): Outcome<never> {
  return { ok: false, failure: { kind: signal?.aborted ? "aborted" : "unreachable" } };
}

function readFailure(status: number, body: unknown) {
  if (status < 400 || status >= 500) return { kind: "broken", status } as const;
  return { kind: "refused", status, detail: readDetail(body) ?? `Refused (${status}).` } as const;
}

/** FastAPI sends `detail` as a sentence, or as a list of `{loc, msg}` where a field is invalid. */
function readDetail(body: unknown): string | undefined {
  const detail = isRecord(body) ? body.detail : undefined;
  if (typeof detail === "string") return detail;
  if (!Array.isArray(detail)) return undefined;
  const messages = detail.map((entry) => (isRecord(entry) ? entry.msg : undefined));
  return messages.filter((message) => typeof message === "string").join("; ") || undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
