import { readFile } from 'node:fs/promises'
import { request as httpsRequest } from 'node:https'
import { rootCertificates } from 'node:tls'
import { JailopsError } from '../../core/errors.ts'

export interface AcmeRequest {
  url: string
  method: string
  headers: Record<string, string>
  body: string | undefined
  /** Of an authority of one's own; who vouches for the world's others is known to Node. */
  caFile: string | undefined
}

export interface AcmeReply {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

const timeoutMilliseconds = 30_000
const longestReply = 1024 * 1024

/** One request to an authority, by TLS alone. @throws authority_refused where none answers */
export async function askAuthority({ url, method, headers, body, caFile }: AcmeRequest): Promise<AcmeReply> {
  const own = caFile === undefined ? undefined : await readFile(caFile, 'utf8').catch(unreadable(caFile))
  const { promise, resolve, reject } = Promise.withResolvers<AcmeReply>()
  const sent = httpsRequest(
    url,
    {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }) },
      signal: AbortSignal.timeout(timeoutMilliseconds),
      ...(own !== undefined && { ca: [...rootCertificates, own] }),
    },
    (reply) => {
      let text = ''
      reply.setEncoding('utf8')
      reply.on('data', (part: string) => {
        text += part
        if (text.length > longestReply) sent.destroy(new Error('its answer is too long'))
      })
      reply.on('end', () => resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body: text }))
      reply.on('error', reject)
    },
  )
  sent.on('error', reject)
  sent.end(body)
  return promise.catch((error: unknown) => {
    throw new JailopsError(
      'authority_refused',
      `${new URL(url).host}, which gives out certificates, cannot be asked: ${error instanceof Error ? error.message : String(error)}. ` +
        'See that the worker reaches it (DNS, firewall, clock), then ask again.',
      { cause: error },
    )
  })
}

function unreadable(caFile: string) {
  return (error: unknown): never => {
    throw new JailopsError('config_error', `${caFile} (acme.caFile of the layout) cannot be read; name a file in PEM format.`, {
      cause: error,
    })
  }
}
