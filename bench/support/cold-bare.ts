/* A process: what whoever writes a bot by hand loads for both platforms. */
import '@slack/bolt'
import 'discord.js'
