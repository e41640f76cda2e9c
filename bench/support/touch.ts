import { z } from 'zod'
import { defineCommand, plan } from '../../src/core/index.ts'

/** One step that touches nothing, no facts, no approval: what is left is what jailops itself costs. */
export const touch = defineCommand({
  path: 'bench touch',
  summary: 'Take one cheap step',
  permission: 'bench.touch',
  risk: 'change',
  needs: [],
  args: z.object({ thing: z.string() }),
  plan: ({ args: { thing } }) =>
    plan(
      [{ title: 'Look at /', action: { kind: 'require', otherwise: 'There is no /.' }, done: { kind: 'path', path: '/', exists: true } }],
      {
        resources: [`thing:${thing}`],
      },
    ),
})
