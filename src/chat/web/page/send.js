const retryAfterMs = [300, 800, 1500, 2500]

/** Deliveries that have no answer yet, by what they say: saying the same again is the same delivery, and runs once. */
const unanswered = new Map()

/**
 * Says something to the bot. Resolves with what it answers.
 * @throws Error whose message is a sentence for the person
 */
export async function send(path, body) {
  const key = JSON.stringify([path, body])
  const delivery = unanswered.get(key) ?? crypto.randomUUID()
  unanswered.set(key, delivery)
  const response = await tryAgainAndAgain(path, JSON.stringify({ ...body, delivery }))
  const answer = await response.json().catch(() => ({}))
  // Of these alone it is not known whether the bot took it.
  if (answer.error !== 'internal' && response.status !== 502) unanswered.delete(key)
  if (!response.ok) throw new Error(answer.sentence ?? `The bot answered ${response.status}.`)
  return answer
}

async function tryAgainAndAgain(path, body) {
  for (const pause of retryAfterMs) {
    try {
      return await post(path, body)
    } catch {
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
  try {
    return await post(path, body)
  } catch (error) {
    throw new Error('No connection to the bot, so it is not known whether this arrived. Sending it again is safe: it runs once.', {
      cause: error,
    })
  }
}

function post(path, body) {
  return fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
}
