'use strict'
const { accessSync, constants, statSync } = require('node:fs')
const { join } = require('node:path')
const { programFolders } = require('../../bin/environment.cjs')

function findProgram(name) {
  return programFolders()
    .map((folder) => join(folder, name))
    .find(isProgram)
}

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

module.exports = { findProgram }
