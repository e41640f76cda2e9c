import { z } from 'zod'
import { defineCommand, JailopsError, nothingToDo, plan, showSiteName, siteResource } from 'jailops'

export default defineCommand({
  path: 'proxy adopt',
  summary: "Stand in the host's own haproxy.cfg; take its sites",
  permission: 'proxy.adopt',
  risk: 'change',
  example: 'proxy adopt dryRun:true',
  needs: ['jails', 'proxy'],
  args: z.object({
    strangers: z.enum(['theirs', 'refused']).optional().describe('who has no site: as it is, or 421'),
  }),
  plan({ args, facts, drivers }) {
    if (drivers.proxy.adopt === undefined) {
      throw new JailopsError(
        'not_supported_by_driver',
        `The proxy of this host is ${facts.proxy.kind}; only HAProxy's own file can be adopted.`,
      )
    }
    const adoption = drivers.proxy.adopt(facts.jails, args.strangers)
    if (adoption === undefined) {
      return nothingToDo(
        'HAProxy has no configuration of its own on this host: what there is of it is of jailops, and /proxy add is enough.',
      )
    }
    const { path, steps, taken, left, diff, strangers } = adoption
    const stays = left.map((why) => `Stays theirs: ${why}.`)
    if (steps.length === 0)
      return {
        ...nothingToDo(`${path} has all that can be taken over as it shall be.`),
        remarks: [`Nothing to take over in ${path}.`, ...stays],
      }
    const reserved = taken.find(({ host }) => facts.reservedByOthers.includes(`site:${host}`))
    if (reserved !== undefined)
      throw new JailopsError('route_exists', `Another open request is about to route ${reserved.host}. See /job list.`)
    return plan(steps, {
      resources: ['proxy', ...taken.flatMap(({ host, target }) => [siteResource(host), `jail:${target.jail}`])],
      reserves: [...taken.map(({ host }) => `site:${host}`), ...adoption.reserves],
      outcome: [
        { name: 'File', value: path },
        ...taken.map(({ host, target }) => ({
          name: showSiteName(host),
          value: target.port === undefined ? target.jail : `${target.jail}, port ${target.port}`,
        })),
      ],
      remarks: [
        ...stays,
        ...(strangers === undefined
          ? []
          : [
              `Who asks for a host that nobody has still gets backend ${strangers}, as that file says; strangers:refused gives 421 instead.`,
            ]),
        ...(taken.length === 0 ? [] : ['Limits of time and the like are those of jailops for these sites from then on.']),
        diff,
      ],
    })
  },
})
