import {
  blastRadius,
  chosenJails,
  defineCommand,
  heldBehind,
  inStartOrder,
  jailOrTag,
  nothingToDo,
  ownDependents,
  plan,
  stopped,
} from 'jailops'

export default defineCommand({
  path: 'jail stop',
  summary: 'Stop a jail; its sites answer 503 until it runs again',
  permission: 'jail.stop',
  risk: 'change',
  example: 'jail stop blog',
  needs: ['jails', 'proxy', 'proxyStatus'],
  args: jailOrTag,
  plan({ args, facts, drivers }) {
    const chosen = chosenJails(facts, args)
    const names = (of: typeof chosen) => of.map(({ name }) => name).join(', ')
    const asked = chosen.filter((jail) => jail.state === 'running')
    if (asked.length === 0) return nothingToDo(`${names(chosen)} ${chosen.length === 1 ? 'is' : 'are'} stopped already.`)
    const dependents = ownDependents(facts, asked)
    const jails = inStartOrder([...asked, ...dependents]).toReversed()
    return plan(
      stopped(
        facts,
        drivers,
        jails,
        jails.flatMap((jail) => drivers.jails.stop(jail)),
      ),
      {
        resources: [...jails.flatMap((jail) => drivers.jails.resources(jail)), ...heldBehind(facts, jails)],
        outcome: args.tag === undefined && dependents.length === 0 ? [] : [{ name: 'Jails', value: names(jails) }],
        remarks: [
          ...dependents.map(({ name }) => `${name} needs what is stopped, so it is stopped too.`),
          ...blastRadius(facts, jails, 'Until it runs again these sites answer 503'),
        ],
      },
    )
  },
})
