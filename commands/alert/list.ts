import { z } from 'zod'
import { defineCommand } from 'jailops'

export default defineCommand({
  path: 'alert list',
  summary: 'What is wrong on the hosts now',
  permission: 'alert.list',
  risk: 'bot',
  takesHost: true,
  args: z.object({}),
  async answer({ host, alerts, showTime }) {
    const found = alerts().filter((one) => host === undefined || one.host === host)
    const open = found.filter((one) => !one.isOver).length
    return {
      title: open === 0 ? 'No alerts' : `${open} ${open === 1 ? 'alert' : 'alerts'}`,
      ...(open === 0 && { text: 'As far as the hosts have said, nothing is wrong.' }),
      ...(found.length > 0 && {
        table: {
          columns: ['alert', 'host', 'what', 'since', 'state'],
          rows: found.map((one) => [one.alert, one.host, one.title, showTime(one.since), stateOf(one, showTime)]),
        },
      }),
    }
  },
})

function stateOf(
  { isOver, silence, acknowledgedBy }: { isOver: boolean; silence?: { until: number }; acknowledgedBy?: string },
  showTime: (moment: number) => string,
): string {
  return [
    isOver ? 'recovered' : 'open',
    ...(acknowledgedBy === undefined ? [] : [`acknowledged by ${acknowledgedBy}`]),
    ...(silence === undefined ? [] : [`silenced until ${showTime(silence.until)}`]),
  ].join(', ')
}
