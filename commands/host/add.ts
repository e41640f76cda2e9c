import { z } from 'zod'
import { defineCommand, hostName, type HostSummary, JailopsError, sshTargetSchema } from 'jailops'

export default defineCommand({
  path: 'host add',
  summary: 'What to do to add a host; adds nothing by itself',
  permission: 'host.add',
  risk: 'bot',
  args: z.object({
    name: hostName.describe('what it will be called in host:NAME'),
    address: sshTargetSchema.shape.address.optional().describe('its host name or IP address, if it is to be reached over ssh'),
  }),
  example: 'host add web2 192.0.2.20',
  async answer({ args, hosts }) {
    const { name, address } = args
    const known = hosts.find((host) => host.name === name)
    if (known !== undefined) throw taken(known)
    return {
      title: `How to add the host ${name}`,
      text: [
        'Nothing was added: hosts are named in jailops.yaml, which only somebody on the bot’s own machine can change. There are two ways.',
        '',
        ...overSsh(name, address ?? 'ADDRESS'),
        '',
        ...withItsOwnWorker(name, hosts),
        '',
        `Then /host list shows ${name} as here, within half a minute.`,
      ].join('\n'),
      fields: [{ name: 'Hosts so far', value: hosts.map((host) => host.name).join(', ') || 'none' }],
    }
  },
})

/** Nothing has to be installed on the host. */
function overSsh(name: string, address: string): string[] {
  return [
    `Over ssh, with nothing of jailops on ${name} (on the machine where the worker that shall serve it runs):`,
    `1. Get the host’s key over a way you trust, its console say: cat /etc/ssh/ssh_host_ed25519_key.pub. Put it into a file as one line: ${address} ssh-ed25519 AAAA…`,
    `2. Let root, or a user of your choice, log in there with a key of the worker’s: ssh -i IDENTITY -o UserKnownHostsFile=KNOWN_HOSTS root@${address} freebsd-version`,
    `3. jailops host add ${name} --address ${address} --known-hosts KNOWN_HOSTS --identity IDENTITY`,
    '4. Do what that prints, then restart worker and bot.',
  ]
}

function withItsOwnWorker(name: string, hosts: readonly HostSummary[]): string[] {
  const names = [...hosts.map((host) => host.name), name]
  return [
    `With a worker on ${name} itself:`,
    `1. On the bot’s machine, in jailops.yaml, name it under hosts, beside those that are there: hosts: { ${names.map((one) => `${one}: {}`).join(', ')} } (what stands behind the others’ names stays).`,
    `2. On ${name}, install jailops and write a jailops.yaml with host: { name: ${name} }, keys, and the same redis as the bot’s. Then: jailops host enroll ${name}`,
    `3. It prints a line for the other side. Carry it to the bot’s machine and run it there with the bot’s own name (bot, unless bot.name says otherwise): jailops host enroll bot --trust 'LINE'`,
    `4. That prints a line too. On ${name}: jailops host enroll ${name} --trust 'LINE'`,
    `5. On ${name}, as root: jailops worker. Restart the bot.`,
  ]
}

function taken({ name, seenAgoSeconds }: HostSummary): JailopsError {
  const how =
    seenAgoSeconds === undefined
      ? 'and was never heard of: does its worker run, and does each side trust the other’s key (jailops host enroll)?'
      : 'and /host list shows how it is.'
  return new JailopsError('bad_argument', `There is a host ${name} already, ${how} Choose another name for another host.`)
}
