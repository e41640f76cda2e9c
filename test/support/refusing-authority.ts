import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { selfSigned } from './certificates.ts'

export interface RefusingAuthority {
  directory: string
  caFile: string
  /** How often it was asked for an order. */
  orders(): number
  stop(): Promise<void>
}

/** Gives everybody an account, and to an order these answers, one after the other and the last for ever: what pebble never says. */
export async function refusingAuthority(
  answers: readonly { type: string; detail: string; status: number; retryAfter?: string }[],
): Promise<RefusingAuthority> {
  const folder = mkdtempSync(join(tmpdir(), 'jailops-authority-'))
  const caFile = join(folder, 'ca.pem')
  const { certificate, key } = selfSigned(['127.0.0.1'])
  writeFileSync(caFile, certificate)
  let orders = 0
  const server = createServer({ cert: certificate, key }, (request, response) => {
    const base = `https://${request.headers.host}`
    response.setHeader('replay-nonce', `nonce-${Math.random()}`)
    const json = (status: number, body: object, type = 'application/json') => {
      response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body))
    }
    request.resume()
    if (request.url === '/dir') {
      return json(200, { newNonce: `${base}/nonce`, newAccount: `${base}/account`, newOrder: `${base}/order` })
    }
    if (request.url === '/nonce') return response.writeHead(200).end()
    if (request.url === '/account') {
      response.setHeader('location', `${base}/account/1`)
      return json(201, { status: 'valid' })
    }
    const answer = answers[Math.min(orders, answers.length - 1)]
    orders += 1
    if (answer?.retryAfter !== undefined) response.setHeader('retry-after', answer.retryAfter)
    json(answer?.status ?? 500, { type: `urn:ietf:params:acme:error:${answer?.type}`, detail: answer?.detail }, 'application/problem+json')
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    directory: `https://127.0.0.1:${port}/dir`,
    caFile,
    orders: () => orders,
    async stop() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
