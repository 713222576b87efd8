/** Statements of a cell without `export`, which means nothing in a function. */
import type ts from "typescript";
import { tsc } from "./typescript.js";

const { factory } = tsc;

export function stripExport(statement: ts.Statement): ts.Statement {
  const modifiers = tsc.canHaveModifiers(statement) ? tsc.getModifiers(statement) : undefined;
  const kept = modifiers?.filter(
    ({ kind }) => kind !== tsc.SyntaxKind.ExportKeyword && kind !== tsc.SyntaxKind.DefaultKeyword,
  );
  if (kept === undefined || kept.length === modifiers?.length) return statement;
  if (tsc.isVariableStatement(statement))
    return factory.updateVariableStatement(statement, kept, statement.declarationList);
  if (tsc.isFunctionDeclaration(statement)) return withoutExport(statement, kept);
  if (tsc.isClassDeclaration(statement)) return classWithoutExport(statement, kept);
  if (tsc.isEnumDeclaration(statement))
    return factory.updateEnumDeclaration(statement, kept, statement.name, statement.members);
  if (tsc.isModuleDeclaration(statement))
    return factory.updateModuleDeclaration(statement, kept, statement.name, statement.body);
  return statement;
}

function withoutExport(node: ts.FunctionDeclaration, modifiers: readonly ts.Modifier[]): ts.Statement {
  const { asteriskToken, name, typeParameters, parameters, type, body } = node;
  if (name || !body)
    return factory.updateFunctionDeclaration(
      node,
      modifiers,
      asteriskToken,
      name,
      typeParameters,
      parameters,
      type,
      body,
    );
  const made = factory.createFunctionExpression(modifiers, asteriskToken, name, typeParameters, parameters, type, body);
  return factory.createExpressionStatement(factory.createParenthesizedExpression(made));
}

function classWithoutExport(node: ts.ClassDeclaration, modifiers: readonly ts.Modifier[]): ts.Statement {
  const { name, typeParameters, heritageClauses, members } = node;
  const all = [...(tsc.getDecorators(node) ?? []), ...modifiers];
  if (name) return factory.updateClassDeclaration(node, all, name, typeParameters, heritageClauses, members);
  const made = factory.createClassExpression(all, name, typeParameters, heritageClauses, members);
  return factory.createExpressionStatement(factory.createParenthesizedExpression(made));
}
