/** A Web API answer that is not ok. */
export class Refusal extends Error {
  readonly answer: Record<string, unknown> & { ok: false; error: string }

  constructor(error: string, more: Record<string, unknown> = {}) {
    super(error)
    this.answer = { ok: false, error, ...more }
  }
}

/** @param complaints what is wrong where, as Slack puts it: `no more than 50 items allowed [json-pointer:/blocks]` */
export function refusal(error: string, complaints: readonly string[] = []): Refusal {
  if (complaints.length === 0) return new Refusal(error)
  return new Refusal(error, { errors: complaints, response_metadata: { messages: complaints.map((text) => `[ERROR] ${text}`) } })
}
