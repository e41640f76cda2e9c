import { WebAPIHTTPError } from '@slack/web-api'
import { z } from 'zod'
import { sha256 } from '../../core/canonical.ts'
import type { Clients } from './clients.ts'
import type { SlackFile } from './render.ts'

const ticketSchema = z.looseObject({ upload_url: z.url(), file_id: z.string() })

/**
 * Puts files into a channel, or into a thread of it. Nobody sees any of them before all are there, so that trying again
 * shows nothing twice.
 */
export async function uploadFiles(
  { bulk, fetch }: Clients,
  to: { channel: string; thread?: string },
  files: readonly SlackFile[],
): Promise<void> {
  const [first, ...others] = await Promise.all(
    files.map(async ({ name, text }) => {
      const content = Buffer.from(text)
      const ticket = ticketSchema.parse(await bulk.files.getUploadURLExternal({ filename: name, length: content.length }))
      const response = await fetch(ticket.upload_url, {
        method: 'POST',
        body: text,
        headers: { 'content-type': 'application/octet-stream' },
      })
      const answer = await response.text()
      if (!response.ok) throw new WebAPIHTTPError(response.status, response.statusText, {}, answer.slice(0, 200))
      return { id: ticket.file_id, title: name }
    }),
  )
  if (first === undefined) return
  const { channel, thread } = to
  await bulk.files.completeUploadExternal({
    files: [first, ...others],
    channel_id: channel,
    ...(thread !== undefined && { thread_ts: thread }),
  })
}

/** Names what was uploaded, so that the same is not uploaded again. */
export function hashOf(file: SlackFile): string {
  return sha256(JSON.stringify(file)).slice(0, 12)
}
