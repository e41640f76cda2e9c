import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileText } from '../file-text.ts'
import { readBody } from '../http.ts'
import type { Calls } from './calls.ts'
import { exchange } from './exchange.ts'
import type { Faults } from './faults.ts'
import type { Uploads } from './method.ts'
import { refusal } from './refusal.ts'

/** Answers a POST of a file to the URL of files.getUploadURLExternal. */
export function uploadApi(parts: {
  uploads: Uploads
  faults: Faults
  calls: Calls
}): (id: string, request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { uploads, faults, calls } = parts
  return async (id, request, response) => {
    const content = await contentOf(request)
    const length = Buffer.byteLength(content)
    await exchange({
      faults,
      calls,
      name: 'upload',
      args: { id, length },
      request,
      response,
      statusOf: () => 404,
      run() {
        const file = uploads.get(id)
        if (!file) throw refusal('file_not_found')
        file.content = content
        return { status: 200, body: `OK - ${length}`, answered: 'ok' }
      },
    })
  }
}

/** The file's bytes come as they are, or as a form. */
async function contentOf(request: IncomingMessage): Promise<string> {
  const body = await readBody(request)
  const type = request.headers['content-type'] ?? ''
  if (!type.startsWith('multipart/form-data')) return fileText(body)
  const form = await new Response(body, { headers: { 'content-type': type } }).formData()
  const parts = await Promise.all([...form.values()].map((part) => (typeof part === 'string' ? Buffer.from(part) : part.arrayBuffer())))
  return fileText(Buffer.concat(parts.map((part) => Buffer.from(new Uint8Array(part)))))
}
