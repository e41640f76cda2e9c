import { z } from 'zod'
import { aboutOf, backendsOf, defineCommand, siteOrJail, trafficAnswer } from 'jailops'

export default defineCommand({
  path: 'proxy graph',
  summary: 'Requests, errors and time to answer as charts',
  permission: 'proxy.graph',
  risk: 'read',
  example: 'proxy graph blog.example.com last:6h',
  needs: ['samples'],
  args: z.object({
    site: siteOrJail.optional().describe('one site, or one jail'),
    last: z
      .string()
      .regex(/^([1-9]|1[0-9]|2[0-4])h$|^([5-9]|[1-9][0-9])m$/, 'how far back: 1h to 24h, or 5m to 99m')
      .default('24h')
      .describe('how far back: 24h, 30m'),
  }),
  presume: ({ site }) => (site === undefined || site.includes('.') ? {} : { jail: site }),
  about: ({ site }) => (site === undefined ? {} : { needs: ['jails', 'proxy'] }),
  query({ args: { site, last }, facts }) {
    const minutes = Number(last.slice(0, -1)) * (last.endsWith('h') ? 60 : 1)
    const { samples } = facts
    if (site === undefined) return trafficAnswer(samples, 'all sites', minutes, samples === undefined ? [] : [samples.total])
    const backends = backendsOf(facts, aboutOf(site))
    const answer = trafficAnswer(
      samples,
      site,
      minutes,
      backends.flatMap((name) => samples?.backends[name] ?? []),
    )
    const others = facts.proxy.routes.filter(({ backend }) => backends.includes(backend)).length
    if (!site.includes('.') || others < 2 || answer.charts === undefined) return answer
    return { ...answer, text: `${answer.text ?? ''} Counted is whoever answers for it, who answers for ${others} sites in all.` }
  },
})
