/* A process: what `jailops bot` loads with both platforms configured, up to where it would open connections. */
import 'commander'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import '../../src/cli/parent.ts'

const { configOf } = await import('../../src/cli/config-check.ts')
await import('../../src/cli/bot-process.ts')
const { loadCommands } = await import('../../src/cli/commands-folder.ts')
const folder = mkdtempSync(join(tmpdir(), 'jailops-cold-'))
const file = join(folder, 'jailops.yaml')
writeFileSync(
  file,
  `redis: { url: ${folder}/redis.sock }
state: ${folder}
keys: ${folder}/keys
hosts: { web1: }
policy: { roles: { all: { permissions: ["*"], members: ["slack:user:U1"] } } }
bot:
  slack: { botToken: xoxb-1, appToken: xapp-1 }
  discord: { token: abc, guild: "12345678901234567" }
`,
  { mode: 0o600 },
)
const { commands } = configOf({ config: file })
await loadCommands(commands)
await import('../../src/chat/shell/shell.ts')
await import('../../src/chat/slack/slack.ts')
await import('../../src/chat/discord/discord.ts')
rmSync(folder, { recursive: true })
