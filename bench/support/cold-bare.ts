/* A process: what whoever writes a bot by hand loads for both platforms. */
await import('@slack/bolt')
await import('discord.js')
