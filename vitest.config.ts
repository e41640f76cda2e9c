import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { SlowestFirst } from './scripts/slowest-first.ts'

const isLong = process.env['JAILOPS_TEST_LONG'] === '1'
const reportFolder = process.env['JAILOPS_REPORT_FOLDER']
const report = `${reportFolder}/${isLong ? 'long' : 'short'}.json`

export default defineConfig({
  resolve: { alias: { jailops: fileURLToPath(new URL('src/core/index.ts', import.meta.url)) } },
  test: {
    include: [isLong ? 'test/long/**/*.test.ts' : 'test/**/*.test.ts'],
    exclude: isLong ? [] : ['test/long/**'],
    passWithNoTests: isLong, // a budget may leave none
    // Processes, not threads: tests start programs, and change the working folder and the environment.
    pool: 'forks',
    maxWorkers: Math.min(1 + availableParallelism(), 6), // the tests wait for programs as long as they compute
    sequence: { sequencer: SlowestFirst },
    // How long a test may take is no test: these are for what hangs.
    testTimeout: isLong ? 60 * 60_000 : 90_000,
    hookTimeout: 90_000,
    setupFiles: ['test/support/patience.ts'],
    expect: { poll: { timeout: 30_000 } },
    reporters: reportFolder ? ['default', ['json', { outputFile: report }]] : ['default'],
  },
})
