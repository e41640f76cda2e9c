import { request } from 'node:http'
import { connect } from 'node:tls'
import type { Layout } from '../../src/core/layout.ts'
import { namesOf } from '../../src/host/proxy/certificates/pem.ts'

export interface ShownCertificate {
  names: string[]
  fingerprint: string
  protocol: string | null
}

/** What a client is shown that asks the front for that name. */
export function shownTo({ haproxy }: Layout, servername: string): Promise<ShownCertificate | 'refused'> {
  return new Promise((resolve) => {
    const { bindAddress: host, tlsPort: port } = haproxy
    const socket = connect({ host, port, servername, rejectUnauthorized: false }, () => {
      const certificate = socket.getPeerX509Certificate()
      if (certificate !== undefined) {
        resolve({ names: namesOf(certificate), fingerprint: certificate.fingerprint256, protocol: socket.getProtocol() })
      }
      socket.destroy()
    })
    socket.on('error', () => resolve('refused'))
  })
}

/** What the front says to who comes by http. */
export function httpStatus({ haproxy }: Layout, site: string): Promise<{ status: number | undefined; location: string | undefined }> {
  return new Promise((resolve, reject) => {
    const { bindAddress: host, bindPort: port } = haproxy
    const sent = request({ host, port, headers: { host: site }, agent: false }, (reply) => {
      reply.resume()
      reply.on('end', () => resolve({ status: reply.statusCode, location: reply.headers.location }))
    })
    sent.on('error', reject)
    sent.end()
  })
}
