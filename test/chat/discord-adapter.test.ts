import { adapterConformance } from './adapter-conformance.ts'
import { makeDiscordHarness } from './discord-harness.ts'

adapterConformance('discord', makeDiscordHarness)
