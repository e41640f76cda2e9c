import { describe, expect, it } from 'vitest'
import { answerSchema } from '../../src/core/card.ts'
import { JailopsError } from '../../src/core/errors.ts'
import { lastWords } from '../../src/worker/effects/words.ts'
import { refusal } from '../../src/worker/endings.ts'
import { redactAnswer } from '../../src/worker/shown.ts'

const secret = 'hunter2hunter2'

describe('what is said of a host', () => {
  it('hides a value by the name in the cell before it, and by the name of a field', () => {
    const answer = redactAnswer({
      title: `rc.conf says db_password=${secret}`,
      fields: [{ name: 'api_token', value: secret }],
      table: {
        columns: ['variable', 'value'],
        rows: [
          ['db_password', secret],
          ['nginx_enable', 'YES'],
        ],
      },
    })
    expect(JSON.stringify(answer)).not.toContain(secret)
    expect(answer.table?.rows[1]).toEqual(['nginx_enable', 'YES'])
  })

  it('finds a secret also where a colour is in the middle of it', () => {
    expect(redactAnswer({ title: 'messages', text: 'pass\u001B[31mword\u001B[0m=hunter2\r\nnext\n' }).text).toBe('password=[hidden]\nnext')
  })

  it('keeps every part of an answer, and hides secrets in each', () => {
    const said = `password=${secret}`
    const chart = { title: said, unit: said, from: 0, step: 60_000, series: [{ name: said, values: [1, null] }] }
    const whole = answerSchema.required().parse({
      title: said,
      text: said,
      fields: [{ name: 'said', value: said }],
      table: { columns: ['said'], rows: [[said]] },
      charts: [chart],
      files: [{ name: 'sites.json', text: `${said}\n` }],
    })
    const answer = redactAnswer(whole)
    expect(Object.keys(answer)).toEqual(Object.keys(answerSchema.shape))
    expect(JSON.stringify(answer)).not.toContain(secret)
    expect(answer.charts?.[0]?.series[0]?.values).toEqual([1, null])
    expect(answer.files?.[0]?.text).toBe('password=[hidden]\n')
  })

  it('hides what a tool said of a secret in a refusal too', () => {
    const why = refusal(new JailopsError('host_not_ready', `pkg: https://ana:${secret}@pkg.example.com/meta.conf: Not Found`))
    expect(why).toMatchObject({ state: 'refused', sentence: 'pkg: https://ana:[hidden]@pkg.example.com/meta.conf: Not Found' })
  })

  it('hides a secret before it cuts off the name that it is told by', () => {
    const words = lastWords({ stdout: '', stderr: `password="${secret}${'x'.repeat(590)}"` })
    expect(words).toBe('password=[hidden]')
  })
})
