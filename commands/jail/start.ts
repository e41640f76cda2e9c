import { answeringAgain, chosenJails, defineCommand, heldBehind, inStartOrder, jailOrTag, nothingToDo, plan, stoppedNeeds } from 'jailops'

export default defineCommand({
  path: 'jail start',
  summary: 'Start a jail and wait until its sites answer',
  permission: 'jail.start',
  risk: 'change',
  example: 'jail start blog',
  needs: ['jails', 'proxy'],
  args: jailOrTag,
  plan({ args, facts, drivers }) {
    const chosen = chosenJails(facts, args)
    const asked = chosen.filter((jail) => jail.state !== 'running')
    const needed = stoppedNeeds(facts, asked)
    const jails = inStartOrder([...needed, ...asked])
    const names = (of: typeof chosen) => of.map(({ name }) => name).join(', ')
    if (jails.length === 0) return nothingToDo(`${names(chosen)} ${chosen.length === 1 ? 'is' : 'are'} running already.`)
    return plan([...jails.flatMap((jail) => drivers.jails.start(jail)), ...answeringAgain(facts, drivers, jails)], {
      resources: [...jails.flatMap((jail) => drivers.jails.resources(jail)), ...heldBehind(facts, jails)],
      outcome:
        args.tag === undefined && needed.length === 0
          ? jails.map((jail) => ({ name: 'Address', value: jail.address ?? 'none' }))
          : [{ name: 'Jails', value: names(jails) }],
      remarks: needed.map(({ name }) => `${name} is needed and does not run, so it is started first.`),
    })
  },
})
