// Uploads a file in pieces. With `cut`, the first try ends in the middle and a second one goes on.
const fs = require('node:fs')
const tus = require('tus-js-client')

const [endpoint, key, file, path, cut] = process.argv.slice(2)
const headers = { Authorization: `Bearer ${key}` }
const metadata = { filename: 'film.mp4', filetype: 'video/mp4', path }
const common = { headers, metadata, chunkSize: 70000, retryDelays: [100, 500, 1000] }

function start(more, done) {
  const upload = new tus.Upload(fs.createReadStream(file), {
    ...common,
    uploadSize: fs.statSync(file).size,
    ...more,
    onError: error => { console.error(String(error)); process.exit(1) },
    onSuccess: () => done(upload),
  })
  upload.start()
  return upload
}

function finished(upload) {
  console.log(JSON.stringify({ url: upload.url }))
}

if (cut !== 'cut') {
  start({ endpoint }, finished)
} else {
  let stopped = false
  const first = start({
    endpoint,
    onChunkComplete: async (_, accepted) => {
      if (stopped || accepted < 140000) return
      stopped = true
      await first.abort()
      const rest = new tus.Upload(fs.readFileSync(file), {
        ...common,
        uploadUrl: first.url,
        onError: error => { console.error(String(error)); process.exit(1) },
        onSuccess: () => finished(rest),
      })
      rest.start()
    },
  }, () => { console.error('it was not cut'); process.exit(1) })
}
