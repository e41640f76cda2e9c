import { Command } from 'commander'
import { toJailopsError } from '../core/errors.ts'
import { endWithParent } from './parent.ts'

/* The top floor: the only place where parts are wired together. Each command loads what it needs, so that `run` starts fast. */

/** A usage error is 2, as everywhere here; commander itself would say 1. */
const program = new Command('jailops')
  .description('Run FreeBSD jails from the team’s chat.')
  .showHelpAfterError()
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
const configOption = ['-c, --config <file>', 'jailops.yaml', process.env['JAILOPS_CONFIG']] as const

// whoever started us, a launcher or npm, must not leave us behind
endWithParent(() => void (process.emit('SIGTERM') || process.exit(143)))

program
  .command('demo')
  .description('a FreeBSD host in a folder, a bot, a worker and a chat page, all on this machine')
  .option('--headless', 'print one JSON line when ready, and nothing else')
  .option('--state-dir <folder>', 'where everything is kept; .jailops/demo if not given')
  .option('--managers <names>', 'other jail managers that a new host has: bastille,iocage,ezjail')
  .option('--zfs', 'a new host has its jails on ZFS; iocage needs that')
  .option('--port <port>', 'of the chat page; 0 for any free one', '0')
  .option('--proxy-port <port>', 'of HAProxy; any free one if not given')
  .option(
    '-c, --config <file>',
    'jailops.yaml; its hosts over ssh, Slack, Discord, mirrors, channels, policy and folders of commands are added',
  )
  .action(async (options) => (await import('./demo.ts')).demo(options))

program
  .command('run')
  .description('say one command, as in the chat, and wait for its end or until it needs somebody’s approval')
  .argument('<words...>', 'such as "jail create blog"')
  // `--ip 10.0.0.5` and `-rf` belong to what is said, as in the chat
  .allowUnknownOption()
  .option('--state-dir <folder>', 'of the demo or bot to talk to')
  .option('--as <person>', 'who to be; in the demo only')
  .option('--no-wait', 'return once it is accepted')
  .option('--wait-for-approval', 'wait for the approval too, until the very end')
  .option('--json', 'print {"request","state","reason","card"}')
  .option(...configOption)
  .action(async (words, options) => (await import('./run.ts')).run(words, options))

program
  .command('bot')
  .description('the bot: chat on one side, the hosts’ queues on the other')
  .option(...configOption)
  .action(async (options) => (await import('./bot-process.ts')).bot(options))

program
  .command('worker')
  .description('the worker: of the host it runs on, as root, and of those that it reaches by ssh')
  .option(...configOption)
  .option('--lab', 'work on a lab below the state folder instead of this machine')
  .action(async (options) => (await import('./worker-process.ts')).worker(options))

program
  .command('config')
  .description('about jailops.yaml')
  .command('check')
  .description('say what is wrong with it, line by line')
  .option(...configOption)
  .action(async (options) => (await import('./config-check.ts')).configCheck(options))

program
  .command('health')
  .description('whether the bot or worker with this state folder is well; for health checks')
  .option(...configOption)
  .action(async (options) => (await import('./health.ts')).health(options))

program
  .command('keys')
  .description('the keys that bot and hosts sign with')
  .command('create')
  .description('make the keys of a bot and a host that trust each other, in FOLDER/bot and FOLDER/worker; what stands is kept')
  .requiredOption('--folder <folder>', 'where the keys are kept')
  .option('--bot <name>', 'name of the bot', 'bot')
  .option('--host <name>', 'name of the host', 'demo')
  .action(async (options) => (await import('./keys.ts')).createAll(options))

const host = program.command('host').description('hosts that the bot may use')

host
  .command('enroll')
  .description('make this machine’s key if there is none, and print the line that the other side must trust')
  .argument('<name>', 'of the host, or of the bot when run there')
  .option('--trust <line>', 'the line that the other side printed')
  .option(...configOption)
  .action(async (name, options) => (await import('./keys.ts')).enroll(name, options))

host
  .command('add')
  .description('serve a host over ssh from this machine: names it in jailops.yaml and makes its key')
  .argument('<name>', 'of the host')
  .requiredOption('--address <address>', 'host name or IP address')
  .option('--port <port>', 'of its sshd', '22')
  .option('--user <user>', 'to log in as', 'root')
  .requiredOption('--known-hosts <file>', 'holds its host key; nobody is trusted on first use')
  .option('--identity <file>', 'private key; the agent that SSH_AUTH_SOCK names if not given')
  .option('--become <how>', 'what makes the user root there: none, doas, sudo or mdo', 'none')
  .option(...configOption)
  .action(async (name, options) => (await import('./host-add.ts')).hostAdd(name, options))

host
  .command('check')
  .description(
    'what a host has and lacks for jailops, each with its remedy; ends with 1 when something lacks or is not known; changes nothing of it (over ssh it holds the lock in jailops’s own folder there, which it makes)',
  )
  .argument('[name]', 'of a host that is reached by ssh; this machine if not given')
  .option('--json', 'print the findings as JSON')
  .option(...configOption)
  .action(async (name, options) => (await import('./host-check.ts')).hostCheck(name, options))

host
  .command('privileges')
  .description('what a user needs on a host to be jailops’s there with no more rights than that, and why')
  .argument('<name>', 'of a host that is reached by ssh')
  .option('--become <how>', 'doas, sudo or mdo; as configured if not given')
  .option('--part <part>', 'print only one part: agent, rule or key')
  .option(...configOption)
  .action(async (name, options) => (await import('./host-privileges.ts')).hostPrivileges(name, options))

program
  .command('slack')
  .description('about Slack')
  .command('manifest')
  .description('print the app manifest that makes exactly our commands, scopes and events; paste it into api.slack.com/apps')
  .option('--request-url <url>', 'deliveries by signed HTTP to this public address, instead of Socket Mode')
  .option('--name <name>', 'of the app and its bot', 'jailops')
  .option(...configOption)
  .action(async (options) => (await import('./slack-manifest.ts')).printSlackManifest(options))

program
  .command('discord')
  .description('about Discord')
  .command('register')
  .description('tell Discord our commands, if they have changed; the bot does the same when it starts')
  .option('--force', 'also when nothing has changed')
  .option(...configOption)
  .action(async (options) => (await import('./discord-register.ts')).registerWithDiscord(options))

const dev = program.command('dev').description('for trying out and for developers')
dev
  .command('slack-server')
  .description('a Slack on this machine, with a page to type in: try a bot without an account')
  .option('--port <port>', 'of its API; 0 for any free one', '0')
  .option('--page-port <port>', 'of its page; 0 for any free one', '0')
  .action(async (options) => (await import('./dev.ts')).devSlackServer(options))
dev
  .command('discord-server')
  .description('a Discord on this machine, with a page to type in: try a bot without an account')
  .option('--port <port>', 'of its API; 0 for any free one', '0')
  .option('--page-port <port>', 'of its page; 0 for any free one', '0')
  .action(async (options) => (await import('./dev.ts')).devDiscordServer(options))
dev
  .command('ssh-hosts')
  .description('FreeBSD hosts in folders behind a real sshd on this machine: try hosts over ssh without any')
  .argument('[names...]', 'of the hosts', ['lab1', 'lab2'])
  .action(async (names) => (await import('./dev-ssh-hosts.ts')).devSshHosts(names))

try {
  await program.parseAsync()
} catch (error) {
  const known = toJailopsError(error)
  process.stderr.write(`jailops: ${known.message}\n`)
  if (known.code === 'internal') process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  // something that was opened may be at work still: nobody waits for that
  const { leave } = await import('./leave.ts')
  await leave(2)
}
