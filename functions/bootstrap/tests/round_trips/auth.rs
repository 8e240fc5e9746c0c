//! What the methods of the namespace `auth` are called with.

use super::{Actor, Scene, World};

pub(super) async fn scene(world: &World, name: &str, ann: Actor) -> Option<Scene> {
    Some(match name {
        "auth.createToken" => ("", world.cost(name, &[]).await),
        "auth.getSession" => {
            let token = world.services.graph.create_bound_token(&world.app, &world.plan(ann.id).await).await.unwrap();
            ("a token", world.cost(name, &[("auth_token", token)]).await)
        }
        "auth.revokeExtendedPermission" => {
            ("a session", world.cost(name, &[ann.session, ("perm", "email".to_owned())]).await)
        }
        "auth.expireSession" | "auth.promoteSession" => ("a session", world.cost(name, &[ann.session]).await),
        "auth.revokeAuthorization" => {
            ("a session; the sweep of what is left over included", world.cost(name, &[ann.session]).await)
        }
        _ => return None,
    })
}
