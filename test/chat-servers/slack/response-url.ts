import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { readBody } from '../http.ts'
import { saidSchema, type AckReader } from './acks.ts'
import { checkBlocks } from './blocks.ts'
import type { Calls } from './calls.ts'
import { exchange, type Outcome } from './exchange.ts'
import type { Faults } from './faults.ts'
import { refusal } from './refusal.ts'
import type { ResponseUrls } from './triggers.ts'
import type { World } from './world.ts'

const bodySchema = saidSchema.extend({ replace_original: z.boolean().optional(), delete_original: z.boolean().optional() })
const done: Outcome = { status: 200, body: 'ok', answered: 'ok' }

interface ResponseUrlParts {
  world: World
  responseUrls: ResponseUrls
  acks: AckReader
  faults: Faults
  calls: Calls
}

/** Answers what a payload's response_url is called with. */
export function responseUrlApi(
  parts: ResponseUrlParts,
): (path: string, request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { world, responseUrls, acks, faults, calls } = parts

  return async (path, request, response) => {
    const args = objectIn((await readBody(request)).toString())
    await exchange({ faults, calls, name: 'response_url', args, request, response, statusOf, run: () => use(path, args) })
  }

  function use(path: string, args: Record<string, unknown>): Outcome {
    const body = bodySchema.safeParse(args)
    if (!body.success) throw refusal('invalid_payload')
    const { text, blocks, response_type, thread_ts, replace_original, delete_original } = body.data
    const { channel, user, messageTs, threadTs } = responseUrls.use(path)
    const original = messageTs === undefined ? undefined : channel.messages.get(messageTs)
    if (delete_original === true) {
      if (!original) throw refusal('message_not_found')
      world.remove(original)
      return done
    }
    if (!text && (blocks ?? []).length === 0) throw refusal('no_text')
    if (replace_original === true && original) world.edit(original, text ?? '', blocks ? checkBlocks(blocks) : [])
    else acks.say({ channel, user, text, blocks, isForAll: response_type === 'in_channel', threadTs: thread_ts ?? threadTs })
    return done
  }
}

/** Expired and used ones are not there; what cannot be shown is a bad request. */
function statusOf(error: string): number {
  return error.endsWith('_url') ? 404 : 400
}

function objectIn(text: string): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text))
  } catch {
    return {}
  }
}
