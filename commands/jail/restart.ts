import {
  blastRadius,
  chosenJails,
  defineCommand,
  drained,
  heldBehind,
  inStartOrder,
  jailOrTag,
  ownDependents,
  plan,
  stoppedNeeds,
} from 'jailops'

export default defineCommand({
  path: 'jail restart',
  summary: 'Stop a jail and start it again, and those that need it',
  permission: 'jail.restart',
  risk: 'change',
  example: 'jail restart blog',
  needs: ['jails', 'proxy', 'proxyStatus'],
  args: jailOrTag,
  plan({ args, facts, drivers }) {
    const chosen = chosenJails(facts, args)
    // jail(8) stops them with what they need, and forgets them
    const dependents = ownDependents(facts, chosen)
    const needed = stoppedNeeds(facts, [...chosen, ...dependents])
    const jails = inStartOrder([...needed, ...chosen, ...dependents])
    const running = jails.filter((jail) => jail.state === 'running').toReversed()
    return plan(
      drained(
        facts,
        drivers,
        jails,
        [...running.flatMap((jail) => drivers.jails.stop(jail)), ...jails.flatMap((jail) => drivers.jails.start(jail))],
        jails,
      ),
      {
        resources: [...jails.flatMap((jail) => drivers.jails.resources(jail)), ...heldBehind(facts, jails)],
        outcome:
          args.tag === undefined && dependents.length + needed.length === 0
            ? []
            : [{ name: 'Jails', value: jails.map(({ name }) => name).join(', ') }],
        remarks: [
          ...needed.map(({ name }) => `${name} is needed and does not run, so it is started first.`),
          ...dependents.map(({ name }) => `${name} needs what is restarted, so it is restarted too.`),
          ...blastRadius(facts, jails),
        ],
      },
    )
  },
})
