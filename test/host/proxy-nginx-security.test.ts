import { describe } from 'vitest'
import { frontSecurity, maps, password, proof, tenants } from './front-security.ts'
import { startOurNginx } from './our-nginx.ts'

describe('nginx', () => {
  frontSecurity(() => startOurNginx(tenants, { maps, passwords: [password], answers: { [proof.token]: proof.thumbprint }, limits: [3] }), {
    spelling: { Admin: 'admin', slashes: 'admin' },
    underscore: 'dropped',
  })
})
