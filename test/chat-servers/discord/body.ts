import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import { readBody } from '../http.ts'
import { fileBytes, filesAMessage, requestBytes } from './limits.ts'
import { problems } from './problem.ts'

export interface UploadedFile {
  /** The n of `files[n]`: what an entry of `attachments` calls its id. */
  index: string
  name: string
  type: string
  content: Buffer
}

export interface RequestBody {
  json: unknown
  files: UploadedFile[]
}

/** @throws ApiProblem 40005, 50109 */
export async function readRequestBody(request: IncomingMessage): Promise<RequestBody> {
  const bytes = await readBody(request)
  if (bytes.length > requestBytes) throw problems.tooLarge()
  const type = request.headers['content-type'] ?? ''
  if (type.startsWith('multipart/form-data')) return readMultipart(bytes, type)
  return { json: bytes.length === 0 ? {} : parseJson(bytes.toString()), files: [] }
}

async function readMultipart(bytes: Buffer, type: string): Promise<RequestBody> {
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData()
  const files: UploadedFile[] = []
  for (const [name, part] of form) {
    const index = /^files\[(\d+)\]$/.exec(name)?.[1]
    if (index === undefined || typeof part === 'string') continue
    const content = Buffer.from(await part.arrayBuffer())
    if (content.length > fileBytes || files.length >= filesAMessage) throw problems.tooLarge()
    files.push({ index, name: part.name, type: part.type || 'application/octet-stream', content })
  }
  const json = form.get('payload_json')
  return { json: typeof json === 'string' ? parseJson(json) : {}, files }
}

const jsonSchema = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    context.addIssue('not JSON')
    return z.NEVER
  }
})

function parseJson(text: string): unknown {
  const parsed = jsonSchema.safeParse(text)
  if (!parsed.success) throw problems.invalidJson()
  return parsed.data
}
