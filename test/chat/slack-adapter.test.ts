import { adapterConformance } from './adapter-conformance.ts'
import { makeSlackHarness } from './slack-harness.ts'

adapterConformance('slack, Socket Mode', () => makeSlackHarness('socket'))
adapterConformance('slack, signed HTTP', () => makeSlackHarness('http'))
