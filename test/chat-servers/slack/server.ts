import type { SlackServer, SlackServerOptions } from './interface.ts'

export type * from './interface.ts'

/** Listens on 127.0.0.1. There are no users and channels until they are added. */
export async function startSlackServer(_options: SlackServerOptions = {}): Promise<SlackServer> {
  throw new Error('being written')
}
