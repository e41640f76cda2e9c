'use strict'
// `npm run demo` and its like: first the set-up, then `jailops ARGS` in this same process.

const { join } = require('node:path')
const { launch } = require('../bin/jailops.cjs')
const { setUp } = require('./setup.cjs')
const { runMain } = require('./setup/main.cjs')

runMain(async () => {
  await setUp(join(__dirname, '..'))
  return launch(process.argv.slice(2))
})
