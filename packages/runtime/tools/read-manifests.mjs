// Reads the manifest files that it is given and prints, as JSON, what each of them is: a name, or
// the code, exit code and message of the error. The test stops it when it hangs.
import { readManifestFile } from '@archer-nas/runtime';

const outcomes = process.argv.slice(2).map((file) => {
  try {
    return { name: readManifestFile(file).name };
  } catch ({ code, exit, message }) {
    return { code, exit, message };
  }
});
process.stdout.write(JSON.stringify(outcomes));
