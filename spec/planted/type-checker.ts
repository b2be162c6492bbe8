import { dirname, join } from 'node:path';
import ts from 'typescript';

/** Finds what the compiler would say of a changed file. A bug that does not compile would prove nothing. */
export class TypeChecker {
  private readonly service: ts.LanguageService;
  private changed = '';
  private text = '';
  private version = 0;

  constructor(root: string) {
    const path = join(root, 'tsconfig.json');
    const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(path, ts.sys.readFile).config, ts.sys, root);
    const fileNames = ts.sys.readDirectory(join(root, 'src'), ['.ts']);
    this.service = ts.createLanguageService({
      // A mistake may well leave something unused behind.
      getCompilationSettings: () => ({ ...options, noUnusedLocals: false, noUnusedParameters: false }),
      getScriptFileNames: () => fileNames,
      getScriptVersion: (name) => (name === this.changed ? `changed ${this.version}` : 'as it is'),
      getScriptSnapshot: (name) => {
        const text = name === this.changed ? this.text : ts.sys.readFile(name);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => dirname(path),
      getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
      fileExists: (name) => ts.sys.fileExists(name),
      readFile: (name) => ts.sys.readFile(name),
      readDirectory: (...args) => ts.sys.readDirectory(...args),
      directoryExists: (name) => ts.sys.directoryExists(name),
      getDirectories: (name) => ts.sys.getDirectories(name),
    });
  }

  /** The compiler's first complaint about the file with this text in it. */
  complaint(file: string, text: string): string | undefined {
    this.changed = file;
    this.text = text;
    this.version++;
    const [first] = [...this.service.getSyntacticDiagnostics(file), ...this.service.getSemanticDiagnostics(file)];
    return first === undefined ? undefined : ts.flattenDiagnosticMessageText(first.messageText, ' ');
  }
}
