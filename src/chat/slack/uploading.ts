import { WebAPIHTTPError } from '@slack/web-api'
import { z } from 'zod'
import { sha256 } from '../../core/canonical.ts'
import { type ChatFile, contentOf } from '../chart/chart-file.ts'
import type { Clients } from './clients.ts'

const longestAlternative = 1000
const ticketSchema = z.looseObject({ upload_url: z.url(), file_id: z.string() })

/**
 * Puts files into a channel, or into a thread of it. Nobody sees any of them before all are there, so that trying again
 * shows nothing twice.
 */
export async function uploadFiles(
  { bulk, fetch }: Clients,
  to: { channel: string; thread?: string },
  files: readonly ChatFile[],
): Promise<void> {
  const [first, ...others] = await Promise.all(
    files.map(async (file) => {
      const { name, data, type } = await contentOf(file)
      // a picture has words for who cannot see it
      const words = typeof data === 'string' ? {} : { alt_txt: file.text.slice(0, longestAlternative).toWellFormed() }
      const ticket = ticketSchema.parse(
        await bulk.files.getUploadURLExternal({ filename: name, length: Buffer.byteLength(data), ...words }),
      )
      const response = await fetch(ticket.upload_url, {
        method: 'POST',
        ...(typeof data === 'string'
          ? { body: data, headers: { 'content-type': 'application/octet-stream' } }
          : { body: formOf(name, data, type) }),
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

function formOf(name: string, data: Uint8Array, type: string): FormData {
  const form = new FormData()
  form.set('file', new Blob([new Uint8Array(data)], { type }), name)
  return form
}

/** Names what was uploaded, so that the same is not uploaded again. */
export function hashOf(file: ChatFile): string {
  return sha256(JSON.stringify(file)).slice(0, 12)
}
