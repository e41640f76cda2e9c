import { join } from 'node:path'
import { BaseSequencer } from 'vitest/node'

type Files = Parameters<BaseSequencer['sort']>[0]

/**
 * Of a checkout that ran no test yet vitest knows only how large a file is, and some of the slowest are small: started last, one of them
 * leaves all workers but its own with nothing to do.
 */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: Files): Promise<Files> {
    const places = new Map(slowest.map((file, place) => [join(this.ctx.config.root, file), place]))
    const placeOf = ({ moduleId }: Files[number]) => places.get(moduleId) ?? slowest.length
    // oxlint-disable-next-line unicorn/no-array-sort -- vitest's, not an array's
    const byVitest = await super.sort(files)
    return byVitest.toSorted((one, other) => placeOf(one) - placeOf(other))
  }
}

/** From five seconds on, in what order a run should begin them; the rest is as vitest has it. */
export const slowest: readonly string[] = [
  'test/long/proxy-kill.test.ts',
  'test/long/kill-ssh.test.ts',
  'test/long/conformance.test.ts',
  'test/long/kill.test.ts',
  'test/long/chat.test.ts',
  'test/long/shell-ssh-tcsh.test.ts',
  'test/long/shell-ssh-cuts.test.ts',
  'test/long/jails-bastille-zfs-lab.test.ts',
  'test/long/jails-iocage-names-lab.test.ts',
  'test/long/jails-iocage-lab.test.ts',
  'test/long/jails-ezjail-lab.test.ts',
  'test/long/proxy-nginx-conformance.test.ts',
  'test/host/shell-ssh.test.ts',
  'test/e2e/scripting.test.ts',
  'test/e2e/ssh-host.test.ts',
  'test/e2e/unreachable.test.ts',
  'test/host/ssh/connection.test.ts',
  'test/e2e/lies.test.ts',
  'test/e2e/bad-input.test.ts',
  'test/host/shell-ssh-cuts.test.ts',
  'test/lab/iocage-change.test.ts',
  'test/e2e/story.test.ts',
  'test/chat/web-browser.test.ts',
  'test/chat/discord-gateway.test.ts',
  'test/host/jails-bastille-lab.test.ts',
  'test/host/certificates-pebble.test.ts',
  'test/host/proxy-verbs-lab.test.ts',
  'test/setup/build.test.ts',
  'test/e2e/chat-story.test.ts',
  'test/queue/queues.test.ts',
  'test/chat/slack-posting.test.ts',
  'test/e2e/policy.test.ts',
  'test/lab/iocage-update.test.ts',
  'test/chat/discord-posting.test.ts',
  'test/host/proxy-haproxy-conformance.test.ts',
  'test/e2e/own-command.test.ts',
  'test/worker/worker-crash.test.ts',
  'test/e2e/full-disk.test.ts',
  'test/host/proxy-reload-lab.test.ts',
  'test/e2e/ssh-kept-agent.test.ts',
  'test/lab/replay.test.ts',
  'test/host/shell-local.test.ts',
  'test/host/jail-conf-zfs-lab.test.ts',
  'test/e2e/demo-hosts.test.ts',
  'test/host/shell-ssh-connection.test.ts',
  'test/chat/discord-render.test.ts',
  'test/setup/launcher.test.ts',
  'test/host/base-lab.test.ts',
  'test/chat-servers/page/slack-page.test.ts',
  'test/e2e/real-mode.test.ts',
  'test/worker/effects-run.test.ts',
  'test/host/facts-lab.test.ts',
  'test/lab/update.test.ts',
  'test/chat/web-renderings.test.ts',
  'test/chat-servers/page/discord-page.test.ts',
  'test/worker/worker-lost.test.ts',
  'test/queue/store.test.ts',
  'test/host/jail-conf-lab.test.ts',
  'test/lab/iocage.test.ts',
  'test/cli/ssh-host.test.ts',
  'test/chat/slack-sockets.test.ts',
  'test/chat/slack-render.test.ts',
  'test/e2e/exec.test.ts',
  'test/lab/bastille-config.test.ts',
  'test/cli/commands-folder.test.ts',
  'test/lab/bastille.test.ts',
  'test/host/inside-lab.test.ts',
  'test/host/shell-ssh-agent.test.ts',
  'test/host/trash-clones-lab.test.ts',
  'test/lab/kill.test.ts',
  'test/cli/start.test.ts',
  'test/chat-servers/slack/load.test.ts',
  'test/queue/private-redis.test.ts',
  'test/worker/executor.test.ts',
  'test/host/jails-migrate-lab.test.ts',
  'test/host/proxy-reconcile.test.ts',
  'test/cli/host-add.test.ts',
  'test/chat/chart/chart.test.ts',
]
