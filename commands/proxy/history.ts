import { z } from 'zod'
import { changeText, defineCommand, sitePlace, siteText } from 'jailops'
import type { PastChange } from 'jailops'

export default defineCommand({
  path: 'proxy history',
  summary: 'What became of sites, when and by whom',
  permission: 'proxy.history',
  risk: 'read',
  example: 'proxy history blog.example.com',
  needs: ['siteChanges'],
  args: z.object({
    site: sitePlace.optional().describe('all if not given'),
    lines: z.int().min(1).max(200).default(20).describe('20 if not given'),
  }),
  query({ args, facts }) {
    const all = facts.siteChanges.filter((change) => args.site === undefined || isOf(change, args.site))
    const of = args.site === undefined ? '' : ` of ${args.site}`
    if (all.length === 0)
      return {
        title: `No changes${of} are remembered`,
        text: 'Changes are known as long as the host keeps the journals of their requests.',
      }
    return {
      title: `The last ${Math.min(all.length, args.lines)} changes${of}`,
      text: `To take one back: /proxy undo ${args.site ?? 'SITE'}, or /proxy undo request:ID`,
      table: {
        columns: ['when (UTC)', 'who', 'request', 'what'],
        rows: all
          .slice(0, args.lines)
          .map((change) => [
            new Date(change.at).toISOString().slice(0, 16).replace('T', ' '),
            change.person,
            change.request,
            changeText(change),
          ]),
      },
    }
  },
})

function isOf({ before, after }: PastChange, site: string): boolean {
  return [before, after].some((one) => one !== null && siteText(one) === site)
}
