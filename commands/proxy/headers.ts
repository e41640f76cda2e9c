import { z } from 'zod'
import { defineCommand, planSites, siteName, withSettings } from 'jailops'

export default defineCommand({
  path: 'proxy headers',
  summary: 'Let browsers come by https only (HSTS)',
  permission: 'proxy.headers',
  risk: 'change',
  grants: ['proxy.others'],
  example: 'proxy headers blog.example.com hsts:1y',
  needs: ['jails', 'proxy'],
  args: z.object({
    site: siteName.describe('which site'),
    hsts: z
      .string()
      .regex(/^(off|[1-9][0-9]{0,3}d|[12]y)$/, 'write how long, such as 30d or 1y, or off')
      .describe('30d, 1y, or off'),
  }),
  plan(context) {
    const { site, hsts } = context.args
    const change = withSettings(context, site, { hsts: hsts === 'off' ? undefined : secondsOf(hsts) })
    return planSites(context, [change], {
      already: hsts === 'off' ? `${site} says nothing of it.` : `${site} says that already.`,
      outcome: [
        {
          name: 'Header',
          value: hsts === 'off' ? 'Strict-Transport-Security no more' : `Strict-Transport-Security for ${hsts}, over https`,
        },
      ],
      remarks:
        hsts === 'off'
          ? ['Browsers that have seen it go on coming by https only for as long as it said.']
          : change.before?.settings.https === undefined
            ? [`${site} has no https yet, and the header is only sent there: /proxy https on ${site}`]
            : [`For ${hsts} no browser that has seen it comes by http, whatever is said later.`],
    })
  },
})

function secondsOf(span: string): number {
  return Number(span.slice(0, -1)) * (span.endsWith('y') ? 365 : 1) * 86_400
}
