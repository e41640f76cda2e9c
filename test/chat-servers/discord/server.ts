import type { DiscordServer, DiscordServerOptions } from './interface.ts'

export * from './interface.ts'

/** Starts a Discord on 127.0.0.1 that discord.js runs against unmodified. */
export function startDiscordServer(options: DiscordServerOptions = {}): Promise<DiscordServer> {
  return Promise.reject(new Error(`not there yet: ${JSON.stringify(options)}`))
}
