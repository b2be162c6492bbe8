import ts from 'typescript';

/**
 * What a file declares, by the names that the page uses: `f` for a function, `C` for a class or interface, `C.m` for what they can do, also
 * where `C` is not exported.
 */
export function declaredIn({ statements }: ts.SourceFile): ReadonlySet<string> {
  return new Set(statements.flatMap(namesOf));
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isFunctionDeclaration(statement)) return statement.name === undefined ? [] : [statement.name.text];
  if (!ts.isClassDeclaration(statement) && !ts.isInterfaceDeclaration(statement)) return [];
  if (statement.name === undefined) return [];
  const { text } = statement.name;
  const deeds = statement.members
    .filter(isDeed)
    .flatMap(({ name }) => (name && ts.isIdentifier(name) ? [name.text] : []));
  return [text, ...deeds.map((deed) => `${text}.${deed}`)];
}

function isDeed(member: ts.ClassElement | ts.TypeElement): boolean {
  if (ts.isPropertyDeclaration(member))
    return member.initializer !== undefined && ts.isArrowFunction(member.initializer);
  return ts.isMethodDeclaration(member) || ts.isMethodSignature(member) || ts.isAccessor(member);
}
