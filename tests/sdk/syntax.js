// Reads the served script as a browser of 2010 did: ECMAScript 3, no reserved word as the name of a member, no comma behind the last one.
'use strict';

const fs = require('fs');
const path = require('path');
const acorn = require(path.join(__dirname, '../clients/node_modules/acorn'));

function parse(text) {
  acorn.parse(text, {
    ecmaVersion: 3,
    allowReserved: 'never',
    onTrailingComma(at) { throw new SyntaxError(`a comma behind the last item, at ${at}`); },
  });
}

// The check can see what it looks for.
for (const modern of ['a.catch()', '({a: 1,})', '[1,]', 'let a = 1', '`a`', '({get a() {}})', '({class: 1})', 'a => a', 'var int']) {
  let refused = false;
  try { parse(modern); } catch (error) { refused = error instanceof SyntaxError; }
  if (!refused) throw new Error(`${modern} passes`);
}
parse(fs.readFileSync(process.env.RECONNECT_SDK_SCRIPT, 'utf8'));
console.log('parsed');
