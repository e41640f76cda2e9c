import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { basic, frontSecurity, maps, password, proof, tenants } from './front-security.ts'
import { startOurHaproxy } from './our-haproxy.ts'

const hash = (text: string) => createHash('sha256').update(text).digest('hex')

describe('HAProxy', () => {
  const { host, user } = password
  let socket = ''
  frontSecurity(
    async () => {
      const auth = `${hash(`${host}|${basic(user, password.password)}`)} ${host}/${user}\n`
      const front = await startOurHaproxy(tenants, { ...maps, auth, acme: `${proof.token} ${proof.thumbprint}\n` })
      socket = front.layout.haproxy.socket
      return front
    },
    { spelling: { Admin: 'shop', slashes: 'shop' }, underscore: 'refused' },
  )

  it('has a run-time socket for root alone', () => {
    expect(statSync(socket).mode & 0o777).toBe(0o600)
  })
})
