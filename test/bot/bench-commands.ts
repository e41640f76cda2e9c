import { z } from 'zod'
import { type Command, defineCommand } from '../../src/core/command.ts'
import { plan } from '../../src/core/plan.ts'
import alertAcknowledge from '../../commands/alert/acknowledge.ts'
import alertList from '../../commands/alert/list.ts'
import alertSilence from '../../commands/alert/silence.ts'
import approve from '../../commands/approve.ts'
import deny from '../../commands/deny.ts'
import jobCancel from '../../commands/job/cancel.ts'
import jobShow from '../../commands/job/show.ts'
import watchStart from '../../commands/proxy/watch/start.ts'
import watchStop from '../../commands/proxy/watch/stop.ts'

/* A few commands for tests of the bot; what the bot answers by itself is the real one. */

const nothing = () => plan([], { resources: [] })
const create = defineCommand({
  path: 'jail create',
  summary: 'Make a jail',
  permission: 'jail.create',
  risk: 'change',
  needs: [],
  names: { jail: 'new' },
  args: z.object({ jail: z.string().regex(/^[a-z]+$/, 'letters only') }),
  plan: nothing,
})
const start = defineCommand({
  ...create,
  names: {},
  path: 'jail start',
  permission: 'jail.start',
  risk: 'change',
  needs: [],
  plan: nothing,
})
const restore = defineCommand({
  ...create,
  names: { jail: 'trashed' },
  path: 'jail restore',
  permission: 'jail.start',
  risk: 'change',
  needs: [],
  plan: nothing,
})
const remove = defineCommand({
  path: 'proxy remove',
  summary: 'Take a site away',
  permission: 'proxy.remove',
  risk: 'change',
  needs: [],
  args: z.object({ site: z.string() }),
  plan: nothing,
})
const list = defineCommand({
  path: 'jail list',
  summary: 'Jails',
  permission: 'jail.list',
  risk: 'read',
  needs: [],
  args: z.object({}),
  query: () => ({ title: 'Jails' }),
})
const password = defineCommand({
  ...create,
  names: {},
  path: 'jail password set',
  permission: 'jail.password.set',
  risk: 'change',
  needs: [],
  confides: true,
  plan: nothing,
})
const status = defineCommand({
  ...list,
  path: 'proxy status',
  summary: 'Figures',
  permission: 'proxy.status',
  risk: 'read',
  needs: [],
  query: () => ({ title: 'Figures' }),
})
const drain = defineCommand({
  ...remove,
  path: 'proxy drain',
  permission: 'proxy.drain',
  risk: 'change',
  needs: [],
  args: z.object({ site: z.string() }),
  plan: nothing,
})
export const commands: readonly Command[] = [
  alertAcknowledge,
  alertList,
  alertSilence,
  approve,
  create,
  deny,
  drain,
  list,
  jobCancel,
  jobShow,
  password,
  remove,
  restore,
  start,
  status,
  watchStart,
  watchStop,
]
