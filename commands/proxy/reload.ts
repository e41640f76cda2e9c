import { z } from 'zod'
import { defineCommand, plan } from 'jailops'

export default defineCommand({
  path: 'proxy reload',
  summary: 'Let the proxy read all its files anew',
  permission: 'proxy.reload',
  risk: 'change',
  needs: ['jails', 'proxy'],
  args: z.object({}),
  plan({ drivers }) {
    return plan(drivers.proxy.reload(), {
      resources: ['shared:proxy'],
      outcome: [{ name: 'Proxy', value: 'reads its files anew; open connections go on' }],
    })
  },
})
